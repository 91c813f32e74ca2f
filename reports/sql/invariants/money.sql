-- M1: The total of a sale is the sum of its tickets.
SELECT s.id, s.total, coalesce(sum(t.price), 0) AS tickets
  FROM verify.sale s
  LEFT JOIN verify.ticket t ON t.sale_id = s.id
 GROUP BY s.id, s.total
HAVING s.total <> coalesce(sum(t.price), 0);

-- M2: A sale is paid once and in full.
-- In one payment, or in several parts that all belong to the moment of the sale and make its total.
SELECT s.id, s.total, count(p.id) AS payments, coalesce(sum(p.amount), 0) AS paid
  FROM verify.sale s
  LEFT JOIN verify.payment p ON p.sale_id = s.id AND p.kind = 'sale'
 GROUP BY s.id, s.total, s.at
HAVING count(p.id) = 0 OR sum(p.amount) <> s.total OR bool_or(p.at <> s.at);

-- M3: Refunds are not more than what was paid.
SELECT p.id, p.amount, sum(r.amount) AS refunded
  FROM verify.payment p
  JOIN verify.payment r ON r.refund_of = p.id
 GROUP BY p.id, p.amount
HAVING -sum(r.amount) > p.amount;

-- M4: A ticket is refunded once, and a refund row stands behind every refunded or void ticket.
-- The parts of one refund move at one moment.
SELECT 'refunded twice' AS what, ticket_id AS id
  FROM verify.payment WHERE kind = 'refund' AND ticket_id IS NOT NULL GROUP BY ticket_id HAVING count(DISTINCT at) > 1
UNION ALL
SELECT 'refund of a ticket that is not refunded', p.id
  FROM verify.payment p LEFT JOIN verify.ticket t ON t.id = p.ticket_id
 WHERE p.kind = 'refund' AND coalesce(t.status, '') NOT IN ('refunded', 'void', 'exchanged')
UNION ALL
SELECT 'refunded without a refund', t.id
  FROM verify.ticket t LEFT JOIN verify.payment p ON p.ticket_id = t.id AND p.kind = 'refund'
 WHERE t.status IN ('refunded', 'void', 'exchanged') AND t.price > 0 AND p.id IS NULL;

-- M5: A void or refund has a reason, and who approved it was a manager or shift lead there and somebody else.
-- A second person is needed only outside the rule (L10); one that is named must be valid.
SELECT t.id, t.status, t.closed_by, t.approved_by, t.close_reason
  FROM verify.ticket t
 WHERE t.status IN ('void', 'refunded')
   AND (coalesce(t.close_reason, '') = '' OR t.approved_by = t.closed_by
        OR (t.approved_by IS NOT NULL AND NOT EXISTS (
            SELECT FROM verify.member m
             WHERE m.user_id = t.approved_by AND m.station_id = t.station_id AND m.role IN ('manager', 'shift_lead')
               AND m.valid_from <= t.closed_at AND (m.valid_to IS NULL OR m.valid_to > t.closed_at))));

-- M6: A closed till expected its float and its cash, and its difference is counted minus expected.
SELECT s.id, s.opening_float, s.expected_cash, s.declared_cash, s.diff, coalesce(sum(p.amount), 0) AS cash
  FROM verify.shift s
  LEFT JOIN verify.payment p ON p.shift_id = s.id AND p.method = 'cash'
 WHERE s.closed_at IS NOT NULL
 GROUP BY s.id, s.opening_float, s.expected_cash, s.declared_cash, s.diff
HAVING s.expected_cash IS DISTINCT FROM s.opening_float + coalesce(sum(p.amount), 0)
    OR s.diff IS DISTINCT FROM s.declared_cash - s.expected_cash;

-- M7: Sales and payments lie inside their till's time.
SELECT 'sale' AS what, x.id, x.at, s.opened_at, s.closed_at
  FROM verify.sale x JOIN verify.shift s ON s.id = x.shift_id
 WHERE x.at < s.opened_at OR x.at > s.closed_at
UNION ALL
SELECT 'payment', x.id, x.at, s.opened_at, s.closed_at
  FROM verify.payment x JOIN verify.shift s ON s.id = x.shift_id
 WHERE x.at < s.opened_at OR x.at > s.closed_at;

-- M8: Nobody has two tills open at one moment.
SELECT a.id, b.id AS other, a.clerk_id
  FROM verify.shift a
  JOIN verify.shift b ON a.clerk_id = b.clerk_id AND a.id < b.id
   AND tstzrange(a.opened_at, a.closed_at) && tstzrange(b.opened_at, b.closed_at);

-- M9: Closing numbers of a station have no gap, its grand total never resets and moves by what was taken.
SELECT z.id, z.z_no, z.gt_before, z.gt_after, z.taken
  FROM (SELECT s.id, s.z_no, s.gt_before, s.gt_after, coalesce(p.taken, 0) AS taken,
               lag(s.z_no, 1, 0) OVER n AS last_no, lag(s.gt_after, 1, 0) OVER n AS last_total
          FROM verify.shift s
          LEFT JOIN (SELECT shift_id, sum(amount) AS taken FROM verify.payment GROUP BY shift_id) p ON p.shift_id = s.id
         WHERE s.closed_at IS NOT NULL
        WINDOW n AS (PARTITION BY s.station_id ORDER BY s.z_no)) z
 WHERE z.z_no IS DISTINCT FROM z.last_no + 1 OR z.gt_before <> z.last_total OR z.gt_after <> z.gt_before + z.taken;

-- M10: No price is negative, and a ticket is free only with a reason.
SELECT id, price, price_reason
  FROM verify.ticket
 WHERE status <> 'held' AND (price < 0 OR (price = 0 AND coalesce(price_reason, '') = ''));

-- M11: What the tills took for tickets and services equals what was invoiced for it.
-- Per station: ticket payments against the invoices of those sales, service payments against the paid charges (which
-- N5 ties to their invoices). Left out: what has no invoice of ours (N4 looks at that) and charges still on account.
SELECT 'tickets' AS what, s.station_id, sum(p.amount) AS paid, sum(i.total) AS invoiced
  FROM verify.sale s
  JOIN (SELECT sale_id, sum(amount) AS amount FROM verify.payment WHERE kind = 'sale' GROUP BY sale_id) p
    ON p.sale_id = s.id
  JOIN (SELECT sale_id, sum(total) AS total FROM verify.invoice WHERE kind = 'original' GROUP BY sale_id) i
    ON i.sale_id = s.id
 GROUP BY s.station_id
HAVING sum(p.amount) <> sum(i.total)
UNION ALL
SELECT 'services', coalesce(p.station_id, f.station_id), coalesce(p.paid, 0), coalesce(f.charged, 0)
  FROM (SELECT s.station_id, sum(x.amount) AS paid
          FROM verify.payment x JOIN verify.shift s ON s.id = x.shift_id
         WHERE x.kind = 'fee' GROUP BY s.station_id) p
  FULL JOIN (SELECT station_id, sum(total) AS charged FROM verify.fee WHERE status = 'paid' GROUP BY station_id) f
    ON f.station_id = p.station_id
 WHERE coalesce(p.paid, 0) <> coalesce(f.charged, 0);
