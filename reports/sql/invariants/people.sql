-- P1: Sale, till, departure and tickets are of one station.
SELECT s.id, s.station_id, h.station_id AS till_at, t.station_id AS ticket_at, d.station_id AS departs_from
  FROM verify.sale s
  JOIN verify.shift h ON h.id = s.shift_id
  LEFT JOIN verify.ticket t ON t.sale_id = s.id
  LEFT JOIN verify.trip d ON d.id = t.trip_id
 WHERE s.station_id <> h.station_id OR s.station_id <> t.station_id OR s.station_id <> d.station_id;

-- P2: Who took money held a role at that station then and was not disabled.
SELECT x.what, x.id, x.user_id, x.station_id, x.at
  FROM (SELECT 'sale' AS what, id, clerk_id AS user_id, station_id, at FROM verify.sale
         UNION ALL
        SELECT 'payment', p.id, p.by_user, s.station_id, p.at
          FROM verify.payment p JOIN verify.shift s ON s.id = p.shift_id) x
 WHERE NOT EXISTS (
     SELECT FROM verify.member m
      WHERE m.user_id = x.user_id AND m.station_id = x.station_id AND m.valid_from <= x.at
        AND (m.valid_to IS NULL OR m.valid_to > x.at) AND (m.disabled_at IS NULL OR m.disabled_at > x.at));

-- P3: Only the owner of a till sells in it.
SELECT x.id, x.clerk_id, s.clerk_id AS owner
  FROM verify.sale x
  JOIN verify.shift s ON s.id = x.shift_id
 WHERE x.clerk_id <> s.clerk_id;
