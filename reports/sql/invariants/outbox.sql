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
