-- L1: Every entry of the ledger sums to zero.
SELECT e.id, e.obj, coalesce(sum(p.amount), 0) AS sum
  FROM fees_entry e
  LEFT JOIN fees_posting p ON p.entry_id = e.id
 GROUP BY e.id, e.obj
HAVING coalesce(sum(p.amount), 0) <> 0 OR count(p.id) = 0;

-- L2: The drawer of a closed till is empty, and that of an open one holds its float and its cash payments.
SELECT t.id, t.state, coalesce(drawer.amount, 0) AS drawer, t.opening_float + coalesce(paid.amount, 0) AS expected
  FROM station_till t
  LEFT JOIN (SELECT till_id, sum(amount) AS amount FROM fees_posting WHERE account = 'drawer' GROUP BY till_id) drawer
    ON drawer.till_id = t.id
  LEFT JOIN (SELECT till_id, sum(amount) AS amount FROM fees_payment WHERE method = 'cash' GROUP BY till_id) paid
    ON paid.till_id = t.id
 WHERE coalesce(drawer.amount, 0)
       <> CASE t.state WHEN 'closed' THEN 0 ELSE t.opening_float + coalesce(paid.amount, 0) END;

-- L3: A closing says what the ledger says: cash that should be there, and the difference that was booked.
SELECT c.id, c.till_id, c.expected_cash, coalesce(books.emptied, 0) AS emptied, c.difference,
       coalesce(books.over_short, 0) AS over_short
  FROM fees_tillclosing c
  LEFT JOIN (SELECT e.till_id, -sum(p.amount) FILTER (WHERE p.account = 'drawer') AS emptied,
                    -sum(p.amount) FILTER (WHERE p.account = 'over_short') AS over_short
               FROM fees_entry e JOIN fees_posting p ON p.entry_id = e.id
              WHERE e.text = 'closing' GROUP BY e.till_id) books ON books.till_id = c.till_id
 WHERE c.expected_cash <> coalesce(books.emptied, 0) OR c.difference <> coalesce(books.over_short, 0);

-- L4: Ticket money held for an operator is the sum of the fares sold for it, less refunds and pay-outs.
-- Live, missed and displaced tickets count: until it is refunded or paid out, the money is the operator's, and so is
-- what was retained of a refund.
SELECT coalesce(held.operator_id, sold.operator_id) AS operator_id, coalesce(held.amount, 0) AS held,
       coalesce(sold.amount, 0) AS sold
  FROM (SELECT operator_id, -sum(amount) AS amount FROM fees_posting
         WHERE account = 'held_for_operator' GROUP BY operator_id) held
  FULL JOIN (SELECT d.operator_id,
                    sum(CASE WHEN t.state IN ('refunded', 'exchanged', 'void') THEN coalesce(r.retained, 0)
                             ELSE t.fare END) AS amount
               FROM ticketing_ticket t
               JOIN station_departure d ON d.id = t.departure_id
               LEFT JOIN ticketing_refund r ON r.ticket_id = t.id
              GROUP BY d.operator_id) sold USING (operator_id)
 WHERE coalesce(held.amount, 0) <> coalesce(sold.amount, 0);

-- L5: What an operator owes is the sum of its charges that are neither paid nor cancelled.
SELECT coalesce(owed.operator_id, due.operator_id) AS operator_id, coalesce(owed.amount, 0) AS owed,
       coalesce(due.amount, 0) AS due
  FROM (SELECT operator_id, sum(amount) AS amount FROM fees_posting
         WHERE account = 'owed_by_operator' GROUP BY operator_id) owed
  FULL JOIN (SELECT operator_id, sum(gross) AS amount FROM fees_charge
              WHERE state IN ('due', 'on_account') GROUP BY operator_id) due USING (operator_id)
 WHERE coalesce(owed.amount, 0) <> coalesce(due.amount, 0);

-- L6: A live ticket claims its seat on exactly its legs, and every claim is of a hold or of a live ticket.
SELECT 'ticket without its claims' AS what, t.id, count(c.leg) AS claims, t.end_leg - t.first_leg AS legs
  FROM ticketing_ticket t
  LEFT JOIN ticketing_seatclaim c ON c.ticket_id = t.id AND c.departure_id = t.departure_id AND c.seat = t.seat
   AND c.leg >= t.first_leg AND c.leg < t.end_leg
 WHERE t.state IN ('sold', 'boarded', 'used')
 GROUP BY t.id, t.end_leg, t.first_leg
HAVING count(c.leg) <> t.end_leg - t.first_leg
UNION ALL
SELECT 'claim of a ticket that is not live', c.ticket_id, count(*), 0
  FROM ticketing_seatclaim c
  JOIN ticketing_ticket t ON t.id = c.ticket_id
 WHERE t.state NOT IN ('sold', 'boarded', 'used', 'no_show')
 GROUP BY c.ticket_id;

-- L7: A stored file is what its name says: SHA-256 and size.
SELECT id, media_type, sha256, size
  FROM station_storedfile
 WHERE encode(sha256(content), 'hex') <> sha256 OR octet_length(content) <> size;

-- L8: The head of every chain is its last row: nothing was cut off.
-- Of the journal's chains and of those of the records for the Road Administration.
SELECT coalesce(h.chain, j.chain) AS chain, h.seq AS head, j.seq AS last
  FROM station_journalhead h
  FULL JOIN (SELECT DISTINCT ON (chain) chain, seq, hash
               FROM (SELECT chain, seq, hash FROM station_journalentry
                      UNION ALL
                     SELECT 'records:' || station_id, seq, hash FROM dispatch_transmissionrecord) links
              ORDER BY chain, seq DESC) j
    ON j.chain = h.chain
 WHERE j.seq IS DISTINCT FROM nullif(h.seq, 0) OR (j.seq IS NOT NULL AND j.hash <> h.hash);

-- L9: Every signature began with the document that the signature before it left behind.
SELECT id, order_id, field
  FROM (SELECT id, order_id, field, before_sha256,
               lag(after_sha256) OVER (PARTITION BY order_id ORDER BY applied_at, id) AS last
          FROM dispatch_signature WHERE state = 'applied') s
 WHERE last IS NOT NULL AND before_sha256 <> last;

-- L10: What was given back for a ticket left a till, is no less than the rule gave, and more only by two people.
SELECT r.id, r.ticket_id, r.kind, r.paid, r.amount, p.amount AS payment, parts.amount AS parts, r.rule ->> 'amount' AS by_rule, r.approved_by_id
  FROM ticketing_refund r
  LEFT JOIN fees_payment p ON p.id = r.payment_id
  LEFT JOIN (SELECT rp.refund_id, sum(pp.amount) AS amount
               FROM ticketing_refundpart rp JOIN fees_payment pp ON pp.id = rp.payment_id
              GROUP BY rp.refund_id) parts ON parts.refund_id = r.id
 WHERE -coalesce(p.amount, 0) - coalesce(parts.amount, 0) <> r.amount
    OR (r.kind IN ('void', 'exchange') AND r.amount <> r.paid)
    OR (r.kind = 'refund' AND r.amount < coalesce((r.rule ->> 'amount')::bigint, 0))
    OR (r.kind = 'refund' AND r.approved_by_id IS NULL AND r.amount > coalesce((r.rule ->> 'amount')::bigint, 0));

-- L11: A sale is void only by its own clerk, at its own till, within 120 seconds.
SELECT r.id, r.ticket_id, s.sold_at, r.at, s.sold_by_id, r.by_id, s.till_id, p.till_id AS paid_at
  FROM ticketing_refund r
  JOIN ticketing_ticket t ON t.id = r.ticket_id
  JOIN ticketing_sale s ON s.id = t.sale_id
  LEFT JOIN fees_payment p ON p.id = r.payment_id
 WHERE r.kind = 'void'
   AND (r.at > s.sold_at + interval '120 s' OR r.by_id <> s.sold_by_id OR coalesce(p.till_id, s.till_id) <> s.till_id);

-- L12: Every ticket that is void, refunded or exchanged has its refund row, and every row is of such a ticket.
SELECT t.id, t.state, r.kind
  FROM ticketing_ticket t
  FULL JOIN ticketing_refund r ON r.ticket_id = t.id
 WHERE (t.state IN ('void', 'refunded', 'exchanged') OR r.id IS NOT NULL)
   AND t.state IS DISTINCT FROM CASE r.kind WHEN 'refund' THEN 'refunded' WHEN 'exchange' THEN 'exchanged' ELSE r.kind END;

-- L13: A passenger sits where the last change of seat put them, else where the ticket was printed for.
SELECT t.id, t.seat_label, t.printed ->> 'seat' AS printed, c.to_label
  FROM ticketing_ticket t
  LEFT JOIN (SELECT DISTINCT ON (ticket_id) ticket_id, to_label FROM ticketing_seatchange
              ORDER BY ticket_id, id DESC) c ON c.ticket_id = t.id
 WHERE t.seat_label IS DISTINCT FROM coalesce(c.to_label, t.printed ->> 'seat');

-- L14: An exchange sold its new ticket at the same moment and till, for another departure.
SELECT r.id, r.ticket_id, r.replacement_id, r.at, new.sold_at, p.till_id, s.till_id AS sold_at_till
  FROM ticketing_refund r
  JOIN ticketing_ticket old ON old.id = r.ticket_id
  LEFT JOIN ticketing_ticket new ON new.id = r.replacement_id
  LEFT JOIN ticketing_sale s ON s.id = new.sale_id
  LEFT JOIN fees_payment p ON p.id = r.payment_id
 WHERE r.kind = 'exchange'
   AND (new.id IS NULL OR new.sold_at <> r.at OR new.departure_id = old.departure_id
        OR coalesce(p.till_id, s.till_id) <> s.till_id);

-- L20: Bank money that stands as unexplained is the sum of the bank lines to be looked at.
SELECT coalesce(booked.station_id, open.station_id) AS station_id, coalesce(booked.amount, 0) AS booked,
       coalesce(open.amount, 0) AS open
  FROM (SELECT e.station_id, -sum(p.amount) AS amount FROM fees_posting p JOIN fees_entry e ON e.id = p.entry_id
         WHERE p.account = 'unexplained' GROUP BY e.station_id) booked
  FULL JOIN (SELECT station_id, sum(amount) AS amount FROM fees_bankline WHERE state = 'unmatched'
              GROUP BY station_id) open USING (station_id)
 WHERE coalesce(booked.amount, 0) <> coalesce(open.amount, 0);

-- L21: A bank line that is explained is exactly the transfer that it names, at its station.
SELECT l.id, l.number, l.amount, p.id AS payment, p.method, p.amount AS paid
  FROM fees_bankline l
  LEFT JOIN fees_payment p ON p.id = l.payment_id
 WHERE l.state = 'matched'
   AND (p.method IS DISTINCT FROM 'transfer' OR p.amount <> l.amount OR p.station_id <> l.station_id);

-- L22: A payment by VietQR that is paid brought exactly what was asked for, and its sale is the one that waited.
SELECT r.id, r.reference, r.amount, p.amount AS paid, w.sale_id, s.payment_id
  FROM fees_transferrequest r
  LEFT JOIN fees_payment p ON p.id = r.payment_id
  LEFT JOIN ticketing_waitingsale w ON w.request_id = r.id
  LEFT JOIN ticketing_sale s ON s.id = w.sale_id
 WHERE (r.state = 'paid' AND (p.amount IS DISTINCT FROM r.amount
                              OR (r.charge_id IS NULL AND s.payment_id IS DISTINCT FROM r.payment_id)))
    OR (r.state <> 'paid' AND w.sale_id IS NOT NULL);

-- L60: A ticket costs its posted fare and surcharge less one discount; a reduced fare is a whole thousand.
SELECT t.id, t.fare, t.price
  FROM ticketing_ticket t
 WHERE t.fare <> (t.price ->> 'fare')::bigint
    OR t.fare <> (t.price ->> 'list_fare')::bigint + (t.price ->> 'surcharge')::bigint
                 - (t.price ->> 'discount')::bigint
    OR (t.price ->> 'discount')::bigint < 0
    OR ((t.price ->> 'discount')::bigint > 0
        AND (mod(t.fare, 1000) <> 0 OR coalesce(t.price ->> 'discount_code', '') = ''));

-- L50: Freight held for an operator is what its parcels and luggage were paid, less what went back with a parcel.
SELECT coalesce(held.operator_id, paid.operator_id) AS operator_id, coalesce(held.amount, 0) AS held,
       coalesce(paid.amount, 0) AS paid
  FROM (SELECT operator_id, -sum(amount) AS amount FROM fees_posting
         WHERE account = 'freight' GROUP BY operator_id) held
  FULL JOIN (SELECT operator_id, sum(amount) AS amount
               FROM (SELECT d.operator_id, p.freight AS amount
                       FROM ticketing_parcel p JOIN station_departure d ON d.id = p.departure_first_id
                      WHERE p.refund_id IS NULL
                      UNION ALL
                     SELECT d.operator_id, l.fee
                       FROM ticketing_luggagetag l
                       JOIN ticketing_ticket t ON t.id = l.ticket_id
                       JOIN station_departure d ON d.id = t.departure_id) every
              GROUP BY operator_id) paid USING (operator_id)
 WHERE coalesce(held.amount, 0) <> coalesce(paid.amount, 0);
