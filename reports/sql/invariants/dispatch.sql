-- D1: A departure that left has exactly one confirmed order, signed, then confirmed, then left.
-- Confirmed and completed both count; the successor of an order that was replaced is exempt from the times.
SELECT d.id, d.departed_at, count(o.id) AS orders, min(o.signed_at) AS signed_at, min(o.confirmed_at) AS confirmed_at
  FROM verify.trip d
  LEFT JOIN verify.dispatch o ON o.trip_id = d.id AND o.status IN ('confirmed', 'completed')
 WHERE d.departed_at IS NOT NULL
 GROUP BY d.id, d.departed_at
HAVING count(o.id) FILTER (WHERE o.replaces IS NULL) <> 1
    OR bool_or(o.replaces IS NULL AND NOT coalesce(o.signed_at <= o.confirmed_at AND o.confirmed_at <= d.departed_at, false));

-- D2: Vehicle and driver on the confirmed order are those that left.
SELECT o.id, o.trip_id, o.vehicle, d.vehicle AS left_with, o.driver_id, d.driver_id AS driven_by
  FROM verify.dispatch o
  JOIN verify.trip d ON d.id = o.trip_id
 WHERE o.status IN ('confirmed', 'completed')
   AND (o.vehicle IS DISTINCT FROM d.vehicle OR o.driver_id IS DISTINCT FROM d.driver_id);

-- D3: The declared passengers fit into the seats.
-- The declared count decides; heads that were counted otherwise are shown to people, not refused.
SELECT o.id, o.trip_id, o.passengers, d.seats
  FROM verify.dispatch o
  JOIN verify.trip d ON d.id = o.trip_id
 WHERE o.status IN ('confirmed', 'completed') AND (o.passengers IS NULL OR o.passengers > d.seats);

-- D4: The document that is kept is the one its last signature left behind.
SELECT id, trip_id, status, payload_sha, signed_sha
  FROM verify.dispatch
 WHERE (status IN ('signed', 'confirmed', 'completed') AND payload_sha IS NULL)
    OR (signed_sha IS NOT NULL AND payload_sha IS DISTINCT FROM signed_sha);

-- D5: No vehicle and no driver is on two orders that leave within 30 minutes.
SELECT a.id, b.id AS other, a.vehicle, a.driver_id
  FROM verify.dispatch a
  JOIN verify.dispatch b ON a.id < b.id AND a.trip_id <> b.trip_id
   AND (a.vehicle = b.vehicle OR a.driver_id = b.driver_id)
  JOIN verify.trip x ON x.id = a.trip_id
  JOIN verify.trip y ON y.id = b.trip_id
 WHERE a.status <> 'cancelled' AND b.status <> 'cancelled'
   AND x.planned_at < y.planned_at + interval '30 min' AND y.planned_at < x.planned_at + interval '30 min';

-- D6: No departure left with a charge unpaid, unless its operator pays by the month.
SELECT f.id, f.trip_id, f.total, f.status
  FROM verify.fee f
  JOIN verify.trip d ON d.id = f.trip_id
 WHERE d.departed_at IS NOT NULL AND f.status NOT IN ('paid', 'cancelled') AND NOT f.on_credit;

-- D7: An order that was replaced is cancelled and was replaced once.
-- One replaced after departure stays confirmed.
SELECT o.id, o.status, count(*) AS replaced
  FROM verify.dispatch o
  JOIN verify.dispatch n ON n.replaces = o.id
  LEFT JOIN verify.trip d ON d.id = o.trip_id
 GROUP BY o.id, o.status, d.departed_at
HAVING count(*) > 1 OR (o.status <> 'cancelled' AND d.departed_at IS NULL);
