-- K1: Every sale has the key of its clerk, and no key made two sales.
-- Answered requests are kept for 30 days, so the key itself is the proof, not its row.
SELECT 'no key' AS what, id, idem_key FROM verify.sale WHERE NOT starts_with(idem_key, clerk_id || ':')
UNION ALL
SELECT 'used twice', min(id), idem_key FROM verify.sale GROUP BY idem_key HAVING count(*) > 1;

-- K2: One key stands for one request.
SELECT key, count(DISTINCT request_hash) AS requests
  FROM verify.idem
 GROUP BY key
HAVING count(DISTINCT request_hash) > 1;
