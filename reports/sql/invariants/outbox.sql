-- O1: Every departed trip has exactly one record for the Road Administration, due 180 seconds after it left.
-- Trips that left before the first record of their station were let out by a version that wrote none.
SELECT t.id AS trip, t.departed_at, count(r.id) AS records, min(r.due_at) AS due_at
  FROM verify.trip t
  LEFT JOIN verify.outbox r ON r.topic = 'road_admin' AND r.obj = 'trip:' || t.id
 WHERE t.status = 'departed'
   AND t.departed_at >= coalesce((SELECT min(created_at) FROM verify.road_record f WHERE f.station_id = t.station_id),
                              (SELECT min(created_at) FROM verify.road_record), '-infinity')
 GROUP BY t.id, t.departed_at
HAVING count(r.id) <> 1 OR min(r.due_at) <> t.departed_at + interval '180 s';

-- O2: Every record was received in time, or an alarm rang for it.
-- An alarm rings two minutes after the exit, looked at every 30 seconds; a minute of grace. A record that a
-- correction took the place of needs none.
SELECT r.id, r.trip_id, r.due_at, r.acked_at, r.status
  FROM verify.road_record r
 WHERE coalesce(r.acked_at, %(now)s) > r.due_at + interval '60 s'
   AND NOT EXISTS (SELECT FROM verify.alarm a WHERE a.obj = r.obj)
   AND NOT EXISTS (SELECT FROM verify.road_record later
                    WHERE later.kind = 'correction' AND later.trip_id = r.trip_id AND later.seq > r.seq);

-- R1: The records of a station are one chain: no gap, no fork, nothing changed.
SELECT r.id, r.station_id, r.seq
  FROM (SELECT id, station_id, seq, payload, prev, h,
               lag(h) OVER chain AS before, lag(seq) OVER chain AS seq_before
          FROM verify.road_record WINDOW chain AS (PARTITION BY station_id ORDER BY seq)) r
 WHERE r.h <> sha256(r.prev || convert_to(r.payload, 'UTF8'))
    OR r.seq <> coalesce(r.seq_before, 0) + 1
    OR r.prev <> coalesce(r.before, '\x00'::bytea);

-- O3: No message waits for more than 10 minutes without an alarm.
-- Pushes to open pages carry no duty and are left out.
SELECT o.id, o.topic, o.obj, o.due_at, o.attempts
  FROM verify.outbox o
 WHERE o.status <> 'done' AND o.due_at < %(now)s - interval '10 min' AND NOT starts_with(o.topic, 'push.')
   AND NOT EXISTS (SELECT FROM verify.alarm a WHERE a.obj = 'outbox:' || o.id);

-- O4: Every message that is done took effect exactly once.
SELECT o.id, o.topic, o.obj, count(e.dedupe_key) AS effects
  FROM verify.outbox o
  LEFT JOIN verify.effect e ON e.dedupe_key = o.dedupe_key
 GROUP BY o.id, o.topic, o.obj, o.status
HAVING count(e.dedupe_key) <> CASE o.status WHEN 'done' THEN 1 ELSE 0 END;

-- O5: Nothing took effect without a cause that was committed.
SELECT o.id, o.topic, o.obj
  FROM verify.effect e
  LEFT JOIN verify.outbox o ON o.dedupe_key = e.dedupe_key
  LEFT JOIN (SELECT 'sale:' || id AS obj FROM verify.sale
              UNION ALL SELECT 'fee:' || id FROM verify.fee
              UNION ALL SELECT 'invoice:' || id FROM verify.invoice) cause ON cause.obj = o.obj
 WHERE o.id IS NULL OR (split_part(o.obj, ':', 1) IN ('sale', 'fee', 'invoice') AND cause.obj IS NULL);
