-- N1: The numbers of a series are exactly 1 to its counter.
SELECT c.series, c.year, c.last_no, count(i.id) AS invoices, min(i.number) AS first, max(i.number) AS last
  FROM verify.inv_counter c
  LEFT JOIN verify.invoice i USING (series, year)
 GROUP BY c.series, c.year, c.last_no
HAVING count(i.id) <> c.last_no OR min(i.number) <> 1 OR max(i.number) <> c.last_no
    OR count(DISTINCT i.number) <> count(i.id);

-- N2: A higher number never has an earlier time.
-- Two seconds of difference between two clocks are allowed, as where the number is taken.
SELECT id, series, year, number, at, before
  FROM (SELECT id, series, year, number, at, lag(at) OVER (PARTITION BY series, year ORDER BY number) AS before
          FROM verify.invoice) i
 WHERE at < before - interval '2 s';

-- N3: The year of a series is the year in Viet Nam when its invoices were issued.
SELECT id, series, year, at
  FROM verify.invoice
 WHERE year <> extract(year FROM at AT TIME ZONE 'Asia/Ho_Chi_Minh');

-- N4: Every sale and every charge that is done or paid has exactly one original invoice, and every original is of one.
-- Left out: what has a message under way for less than 30 minutes, and sales of operators that issue their own tickets.
SELECT 'sale' AS what, s.id, count(i.id) AS originals
  FROM verify.sale s
  LEFT JOIN verify.invoice i ON i.sale_id = s.id AND i.kind IN ('original', 'replaced')
 WHERE NOT EXISTS (SELECT FROM verify.outbox o
                    WHERE o.topic = 'einvoice.issue_for_sale' AND o.obj = 'sale:' || s.id AND o.status <> 'done'
                      AND o.created_at > %(now)s - interval '30 min')
   AND NOT EXISTS (SELECT FROM ticketing_sale x
                     JOIN station_departure d ON d.id = x.departure_id
                     JOIN station_contract k ON k.operator_id = d.operator_id AND k.station_id = x.station_id
                    WHERE x.id = s.id AND k.ticket_issuer = 'operator'
                      AND daterange(k.valid_from, k.valid_until) @> (s.at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)
 GROUP BY s.id
HAVING count(i.id) <> 1
UNION ALL
SELECT 'fee', f.id, count(i.id)
  FROM verify.fee f
  LEFT JOIN verify.invoice i ON i.fee_id = f.id AND i.kind IN ('original', 'replaced')
 WHERE f.status IN ('paid', 'on_account')
   AND NOT EXISTS (SELECT FROM verify.outbox o
                    WHERE o.topic = 'einvoice.issue_for_charge' AND o.obj = 'fee:' || f.id AND o.status <> 'done'
                      AND o.created_at > %(now)s - interval '30 min')
 GROUP BY f.id
HAVING count(i.id) <> 1
UNION ALL
SELECT 'invoice', i.id, 1
  FROM verify.invoice i
  LEFT JOIN verify.sale s ON s.id = i.sale_id
  LEFT JOIN verify.fee f ON f.id = i.fee_id AND f.status IN ('paid', 'on_account')
 WHERE i.kind = 'original' AND num_nonnulls(s.id, f.id) <> 1;

-- N5: An original invoice says the amount of its sale or charge.
SELECT i.id, i.series, i.number, i.total, s.total AS sale, f.total AS fee
  FROM verify.invoice i
  LEFT JOIN verify.sale s ON s.id = i.sale_id
  LEFT JOIN verify.fee f ON f.id = i.fee_id
 WHERE i.kind IN ('original', 'replaced') AND i.total <> coalesce(s.total, f.total);

-- N6: An adjustment or replacement points to an earlier original.
SELECT i.id, i.kind, i.relates_to
  FROM verify.invoice i
  LEFT JOIN verify.invoice o ON o.id = i.relates_to
 WHERE i.kind IN ('adjust', 'replace') AND (o.id IS NULL OR o.at > i.at OR o.kind NOT IN ('original', 'replaced'));

-- N7: Nothing waits to be sent for more than 24 h unless an outage is recorded.
SELECT id, series, number, at
  FROM verify.invoice
 WHERE sent_at IS NULL AND outage_id IS NULL AND at < %(now)s - interval '24 h';
