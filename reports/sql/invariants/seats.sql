-- S1: No seat is sold twice on overlapping legs of one departure.
-- Live: held, sold, boarded, used.
SELECT a.id, b.id AS other, a.trip_id, a.seat
  FROM verify.ticket a
  JOIN verify.ticket b ON a.trip_id = b.trip_id AND a.seat = b.seat AND a.id < b.id AND a.seg && b.seg
 WHERE a.status IN ('held', 'sold', 'boarded', 'used') AND b.status IN ('held', 'sold', 'boarded', 'used');

-- S2: Seat and legs of a live ticket exist on its vehicle and route.
-- A departure whose seat map is not known yet has no live ticket.
SELECT t.id, t.trip_id, t.seat, t.seg::text
  FROM verify.ticket t
  JOIN verify.trip d ON d.id = t.trip_id
 WHERE t.status IN ('held', 'sold', 'boarded', 'used')
   AND (t.seat NOT BETWEEN 1 AND coalesce(d.seats, 0) OR NOT t.seg <@ int4range(0, d.legs) OR isempty(t.seg));

-- S3: On every leg there are no more passengers than seats.
SELECT d.id AS trip_id, leg, count(*) AS passengers, d.seats
  FROM verify.trip d
  JOIN verify.ticket t ON t.trip_id = d.id AND t.status IN ('held', 'sold', 'boarded', 'used')
 CROSS JOIN LATERAL generate_series(lower(t.seg), upper(t.seg) - 1) leg
 GROUP BY d.id, d.seats, leg
HAVING count(*) > coalesce(d.seats, 0);

-- S4: A cancelled departure has no live ticket, and none is sold after departure.
-- `displaced` is not live: paid, departure cancelled, not yet refunded or moved.
SELECT t.id, t.trip_id, t.status, t.at, d.status AS trip_status, d.departed_at
  FROM verify.ticket t
  JOIN verify.trip d ON d.id = t.trip_id
 WHERE (d.status = 'cancelled' AND t.status IN ('held', 'sold', 'boarded', 'used')) OR t.at > d.departed_at;

-- S5: No hold keeps its seat longer than 60 s after it expired.
-- An expired hold gives way to anybody; its rows may still lie there and are no longer shown as held.
SELECT id, trip_id, seat, hold_until
  FROM verify.ticket
 WHERE status = 'held' AND hold_until < %(now)s - interval '60 s';

-- S6: No ticket that was boarded is void, refunded or exchanged.
SELECT id, trip_id, status, boarded_at
  FROM verify.ticket
 WHERE boarded_at IS NOT NULL AND status IN ('void', 'refunded', 'exchanged');

-- S7: Every ticket belongs to a sale.
SELECT t.id, t.status, t.sale_id
  FROM verify.ticket t
  LEFT JOIN verify.sale s ON s.id = t.sale_id
 WHERE t.status <> 'held' AND s.id IS NULL;
