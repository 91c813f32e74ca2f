-- A1: The journal is whole: every hash is right, every link holds, no row is missing.
-- `at` is hashed in UTC with microseconds, the first `prev` is one zero byte.
SELECT chain, seq, obj, action
  FROM (SELECT chain, seq, obj, action, prev, h,
               lag(h, 1, '\x00'::bytea) OVER c AS last_h, lag(seq, 1, 0::bigint) OVER c AS last_seq,
               sha256(prev || convert_to(chain || '|' || seq || '|'
                      || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '|'
                      || coalesce(actor::text, '') || '|' || action || '|' || obj || '|' || body, 'UTF8')) AS right_h
          FROM verify.audit
        WINDOW c AS (PARTITION BY chain ORDER BY seq)) j
 WHERE h <> right_h OR prev <> last_h OR seq <> last_seq + 1;

-- A2: The journal still contains every anchor that was given out.
SELECT a.chain, a.seq
  FROM verify.anchor a
  LEFT JOIN verify.audit j USING (chain, seq)
 WHERE j.h IS DISTINCT FROM a.h;

-- A3: Every closed till, closed ticket and cancelled order stands in the journal.
-- The words of the journal: shift_close on shift:<till id>, ticket_<state> on ticket:<id>; an order is cancelled as a whole
-- (dispatch_cancelled) or line by line (leg_skipped, leg_withdrawn on leg:<id>).
SELECT 'shift_close' AS what, s.id
  FROM verify.shift s
 WHERE s.closed_at IS NOT NULL
   AND NOT EXISTS (SELECT FROM verify.audit a WHERE a.obj = 'shift:' || s.id AND a.action = 'shift_close')
UNION ALL
SELECT 'ticket_' || t.status, t.id
  FROM verify.ticket t
 WHERE t.status IN ('void', 'refunded', 'exchanged', 'displaced', 'no_show', 'boarded', 'used')
   AND NOT EXISTS (SELECT FROM verify.audit a WHERE a.obj = 'ticket:' || t.id AND a.action = 'ticket_' || t.status)
UNION ALL
SELECT 'dispatch_cancel', o.id
  FROM verify.dispatch o
  JOIN dispatch_orderleg l ON l.id = o.id
 WHERE o.status = 'cancelled'
   AND NOT EXISTS (SELECT FROM verify.audit a
                    WHERE (a.obj = 'leg:' || o.id AND a.action IN ('leg_skipped', 'leg_withdrawn'))
                       OR (a.obj = 'dispatch:' || l.order_id AND a.action = 'dispatch_cancelled'));

-- A4: The time of a chain never runs back by more than 2 s.
SELECT chain, seq, at, before
  FROM (SELECT chain, seq, at, lag(at) OVER (PARTITION BY chain ORDER BY seq) AS before FROM verify.audit) j
 WHERE at < before - interval '2 s';

-- A5: Nothing happened later than now.
SELECT 'sale' AS what, id::text, at FROM verify.sale WHERE at > %(now)s + interval '5 s'
UNION ALL
SELECT 'payment', id::text, at FROM verify.payment WHERE at > %(now)s + interval '5 s'
UNION ALL
SELECT 'invoice', id::text, at FROM verify.invoice WHERE at > %(now)s + interval '5 s'
UNION ALL
SELECT 'audit', chain || '#' || seq, at FROM verify.audit WHERE at > %(now)s + interval '5 s';
