-- C1: Cash that moved is in the books of its tills with its amount, and no cash moved without being written down.
-- A hand-over that waits or was declined is in nobody's books.
SELECT coalesce(m.id, -p.id) AS id, m.kind, m.state, m.amount, p.id AS payment, p.kind AS booked, p.amount AS booked_amount
  FROM (SELECT id, kind, state, till_id, payment_id,
               CASE kind WHEN 'in' THEN amount ELSE -amount END AS amount,
               CASE kind WHEN 'in' THEN 'float' WHEN 'out' THEN 'payout' ELSE 'drop' END AS booked
          FROM fees_cashmove WHERE state = 'done'
        UNION ALL
        SELECT id, kind, state, to_till_id, to_payment_id, amount, 'float'
          FROM fees_cashmove WHERE state = 'done' AND kind = 'hand_over') m
  FULL JOIN (SELECT id, till_id, kind, method, amount FROM fees_payment
              WHERE kind IN ('float', 'payout', 'drop')) p ON p.id = m.payment_id
 WHERE m.id IS NULL OR p.id IS NULL OR p.amount <> m.amount OR p.kind <> m.booked OR p.till_id <> m.till_id
    OR p.method <> 'cash';

-- C2: Cash that one till gave, another till got: nothing stays on its way.
SELECT e.station_id, sum(p.amount) AS on_its_way
  FROM fees_posting p
  JOIN fees_entry e ON e.id = p.entry_id
 WHERE p.account = 'transit'
 GROUP BY e.station_id
HAVING sum(p.amount) <> 0;

-- C3: A till that is closed waits for no cash and is waited for by none.
SELECT m.id, m.till_id, m.to_till_id
  FROM fees_cashmove m
  JOIN station_till t ON t.id IN (m.till_id, m.to_till_id)
 WHERE m.state = 'offered' AND t.state = 'closed';

-- C4: A correction is booked after the closing it names, in another till of the same station, before a second person.
SELECT x.id, c.number, p.kind, p.till_id, c.till_id AS closed_till, x.at, c.closed_at
  FROM fees_tillcorrection x
  LEFT JOIN fees_payment p ON p.id = x.payment_id
  LEFT JOIN fees_tillclosing c ON c.id = x.closing_id
  LEFT JOIN fees_posting o ON o.entry_id = p.entry_id AND o.account = 'over_short'
 WHERE p.kind IS DISTINCT FROM 'correction' OR p.till_id = c.till_id OR p.station_id IS DISTINCT FROM c.station_id
    OR x.at < c.closed_at OR x.at <> p.at OR o.amount IS DISTINCT FROM -p.amount
    OR NOT EXISTS (
        SELECT FROM station_membership m
         WHERE m.user_id = x.approved_by_id AND m.user_id <> x.by_id AND m.station_id = c.station_id
           AND m.role IN ('shift_lead', 'accountant', 'manager')
           AND m.valid_from <= x.at AND (m.valid_until IS NULL OR m.valid_until > x.at));
