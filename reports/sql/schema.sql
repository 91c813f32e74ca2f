-- The read-only schema `verify`: the state of the stations in plain relations, for any outside checker.
-- Built after migrating and dropped before (reports/apps.py); columns and types are kept stable (docs/verify.md).
-- Times are timestamptz, money is đồng, ids are bigint. `trip` = a coach departure of a fixed route, `shift` = one
-- person's till, `dispatch` = one line of a dispatch order. What does not exist yet is there, typed and empty.
-- Joined by LEFT JOIN where a broken link must show as a breach, not hide its row.

CREATE SCHEMA verify;

CREATE VIEW verify.member AS
SELECT m.user_id, m.station_id, m.role::text AS role, m.valid_from, m.valid_until AS valid_to, u.disabled_at
  FROM station_membership m
  LEFT JOIN station_user u ON u.id = m.user_id;

-- Seats: places for passengers on the map the departure runs with.
CREATE VIEW verify.trip AS
SELECT d.id, d.station_id, d.operator_id, seats.count AS seats, legs.count AS legs, d.planned_at, d.departed_at,
       d.state::text AS status, v.plate::text AS vehicle, d.driver_id
  FROM station_departure d
  JOIN station_station s ON s.id = d.station_id AND s.kind = 'coach'
  JOIN station_route r ON r.id = d.route_id AND r.kind <> 'bus'
  LEFT JOIN station_vehicle v ON v.id = d.vehicle_id
  LEFT JOIN (SELECT seat_map_id, count(*)::int AS count FROM station_seat GROUP BY seat_map_id) seats
    ON seats.seat_map_id = coalesce(d.seat_map_id, v.seat_map_id)
  LEFT JOIN (SELECT route_id, count(*)::int - 1 AS count FROM station_routestop GROUP BY route_id) legs
    ON legs.route_id = d.route_id;

CREATE VIEW verify.shift AS
SELECT t.id, t.station_id, t.clerk_id, s.business_on AS business_date, t.opened_at, t.closed_at,
       t.opening_float::bigint AS opening_float, c.expected_cash, c.counted_cash AS declared_cash,
       c.difference AS diff, c.number AS z_no, c.grand_total_before AS gt_before, c.grand_total_after AS gt_after
  FROM station_till t
  LEFT JOIN station_shift s ON s.id = t.shift_id
  LEFT JOIN fees_tillclosing c ON c.till_id = t.id;

CREATE VIEW verify.sale AS
SELECT id, station_id, till_id AS shift_id, sold_by_id AS clerk_id, total, sold_at AS at, idempotency_key::text AS idem_key
  FROM ticketing_sale;

-- When a ticket was boarded or closed, by whom and why stands in the journal, once; who approved a refund, in its row.
-- A hold is a ticket-to-be: one row per seat while it lasts (an expired hold gives way to anybody and is no hold any
-- more), with a negative id.
CREATE VIEW verify.ticket AS
SELECT t.id, s.station_id, t.departure_id AS trip_id, t.seat::int AS seat,
       int4range(t.first_leg, t.end_leg) AS seg, t.state::text AS status, t.fare AS price,
       t.price ->> 'reason' AS price_reason, t.sale_id, t.sold_at AS at, NULL::timestamptz AS hold_until,
       boarded.at AS boarded_at, closed.at AS closed_at, closed.actor_id AS closed_by,
       closed.body::jsonb ->> 'reason' AS close_reason,
       refund.approved_by_id AS approved_by
  FROM ticketing_ticket t
  LEFT JOIN ticketing_refund refund ON refund.ticket_id = t.id
  LEFT JOIN ticketing_sale s ON s.id = t.sale_id
  -- Who got off again because the departure was cancelled was not on board.
  LEFT JOIN (SELECT DISTINCT ON (obj) obj, CASE action WHEN 'ticket_boarded' THEN at END AS at
               FROM station_journalentry WHERE action IN ('ticket_boarded', 'ticket_displaced')
              ORDER BY obj, id DESC) boarded ON boarded.obj = 'ticket:' || t.id
  LEFT JOIN (SELECT DISTINCT ON (obj) obj, at, actor_id, body FROM station_journalentry
              WHERE action IN ('ticket_void', 'ticket_refunded', 'ticket_exchanged', 'ticket_no_show')
              ORDER BY obj, id DESC) closed ON closed.obj = 'ticket:' || t.id
UNION ALL
SELECT -(h.id * 1000 + c.seat), d.station_id, h.departure_id, c.seat::int, int4range(min(c.leg), max(c.leg) + 1),
       'held', NULL, NULL, NULL, h.held_at, h.expires_at, NULL, NULL, NULL, NULL, NULL
  FROM ticketing_seatclaim c
  JOIN ticketing_hold h ON h.id = c.hold_id
  LEFT JOIN station_departure d ON d.id = h.departure_id
 WHERE c.expires_at > now()
 GROUP BY h.id, c.seat, d.station_id;

-- A sale or a refund that moved in several ways has further payments in its parts.
CREATE VIEW verify.payment AS
SELECT p.id, p.till_id AS shift_id, coalesce(s.id, sp.sale_id, t.sale_id) AS sale_id, t.id AS ticket_id,
       p.kind::text AS kind, p.method::text AS method, p.amount, p.at, p.by_id AS by_user,
       p.refund_of_id AS refund_of, coalesce(r.approved_by_id, whole.approved_by_id) AS approved_by
  FROM fees_payment p
  LEFT JOIN ticketing_sale s ON s.payment_id = p.id
  LEFT JOIN ticketing_salepart sp ON sp.payment_id = p.id
  LEFT JOIN ticketing_refundpart rp ON rp.payment_id = p.id
  LEFT JOIN ticketing_refund r ON r.payment_id = p.id
  LEFT JOIN ticketing_refund whole ON whole.id = rp.refund_id
  LEFT JOIN ticketing_ticket t ON t.id = coalesce(r.ticket_id, whole.ticket_id);

-- On credit: the operator pays by the month, by the contract of the day of the departure.
CREATE VIEW verify.fee AS
SELECT c.id, c.station_id, c.departure_id AS trip_id, c.gross AS total, c.state::text AS status, c.opened_at AS at,
       c.state = 'on_account' OR EXISTS (
           SELECT FROM station_contract k
            WHERE k.station_id = c.station_id AND k.operator_id = c.operator_id AND k.payment_cycle = 'month'
              AND daterange(k.valid_from, k.valid_until)
                  @> coalesce(d.service_on, (c.opened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)
       ) AS on_credit
  FROM fees_charge c
  LEFT JOIN station_departure d ON d.id = c.departure_id;

CREATE VIEW verify.invoice AS
SELECT i.id, s.template || s.symbol || '-' || s.seller_tax_code AS series, s.year::int AS year, i.number,
       i.issued_at AS at, i.kind::text AS kind, i.sale_id, i.charge_id AS fee_id, NULL::bigint AS relates_to,
       i.gross AS total, i.sent_at, NULL::bigint AS outage_id
  FROM einvoice_invoice i
  LEFT JOIN einvoice_series s ON s.id = i.series_id;

-- A series that was set up but never used has no counter yet.
CREATE VIEW verify.inv_counter AS
SELECT s.template || s.symbol || '-' || s.seller_tax_code AS series, s.year::int AS year, s.last_number AS last_no
  FROM einvoice_series s
 WHERE s.last_number > 0 OR EXISTS (SELECT FROM einvoice_invoice i WHERE i.series_id = s.id);

-- Vehicle and driver as the order says them. `signed_sha`: the file the last signature left behind; `payload_sha`:
-- the file that is kept.
CREATE VIEW verify.dispatch AS
SELECT l.id, l.departure_id AS trip_id, o.contents -> 'vehicle' ->> 'plate' AS vehicle,
       CASE WHEN driver.full_name = o.contents -> 'drivers' -> 0 ->> 'name' THEN driver.id
            ELSE (SELECT min(other.id) FROM station_driver other
                   WHERE other.operator_id = o.operator_id
                     AND other.full_name = o.contents -> 'drivers' -> 0 ->> 'name') END AS driver_id,
       CASE WHEN l.state IN ('skipped', 'withdrawn') OR o.state = 'cancelled' THEN 'cancelled'
            WHEN l.state = 'arrived' OR o.state = 'completed' THEN 'completed'
            WHEN l.state = 'confirmed' THEN 'confirmed'
            WHEN o.state IN ('draft', 'signing') THEN 'draft'
            ELSE 'signed' END AS status,
       o.issued_at AS signed_at, l.confirmed_at, NULL::bigint AS replaces, l.passengers::int AS passengers,
       f.sha256::text AS payload_sha, signature.after_sha256::text AS signed_sha
  FROM dispatch_orderleg l
  LEFT JOIN dispatch_dispatchorder o ON o.id = l.order_id
  LEFT JOIN station_departure d ON d.id = l.departure_id
  LEFT JOIN station_driver driver ON driver.id = d.driver_id
  LEFT JOIN station_storedfile f ON f.id = o.document_id
  LEFT JOIN (SELECT DISTINCT ON (order_id) order_id, after_sha256 FROM dispatch_signature WHERE state = 'applied'
              ORDER BY order_id, applied_at DESC, id DESC) signature ON signature.order_id = o.id;

CREATE VIEW verify.bay_use AS
SELECT b.id, b.bay_id, v.plate::text AS vehicle, b.period
  FROM station_baybooking b
  LEFT JOIN station_departure d ON d.id = b.departure_id
  LEFT JOIN station_vehicle v ON v.id = d.vehicle_id
 WHERE b.is_live;

CREATE VIEW verify.audit AS
SELECT chain::text AS chain, seq, at, actor_id AS actor, action::text AS action, obj::text AS obj, body, prev, hash AS h
  FROM station_journalentry;

CREATE VIEW verify.anchor AS
SELECT NULL::text AS chain, NULL::bigint AS seq, NULL::bytea AS h, NULL::timestamptz AS at
 WHERE false;

-- What a message is about: its first payload key that ends in _id, in the words of this schema.
CREATE VIEW verify.outbox AS
SELECT m.id, CASE r.kind WHEN 'departure' THEN 'road_admin' WHEN 'correction' THEN 'road_admin_correction'
                         ELSE m.task::text END AS topic,
       (SELECT CASE id.key WHEN 'departure_id' THEN 'trip' WHEN 'charge_id' THEN 'fee' WHEN 'till_id' THEN 'shift'
                           ELSE left(id.key, -3) END || ':' || id.value
          FROM jsonb_each_text(m.payload) id WHERE right(id.key, 3) = '_id' ORDER BY id.key LIMIT 1) AS obj,
       m.created_at, coalesce(r.due_at, m.due_at) AS due_at,
       CASE WHEN r.id IS NULL THEN m.done_at ELSE r.acked_at END AS sent_at,
       coalesce(r.attempts, m.attempts)::int AS attempts, m.state::text AS status,
       coalesce(r.acked_at > r.due_at, false) AS late, m.dedupe_key::text AS dedupe_key
  FROM station_outboxmessage m
  LEFT JOIN dispatch_transmissionrecord r ON r.message_id = m.id;

-- The records of the Road Administration as they were written down: hash = sha256(prev ‖ payload) per station.
CREATE VIEW verify.road_record AS
SELECT id, station_id, seq, departure_id AS trip_id, kind::text AS kind, payload, prev, hash AS h, created_at, due_at,
       acked_at, state::text AS status, 'outbox:' || message_id AS obj
  FROM dispatch_transmissionrecord;

CREATE VIEW verify.effect AS
SELECT dedupe_key::text AS dedupe_key, done_at AS at FROM station_outboxmessage WHERE state = 'done';

CREATE VIEW verify.idem AS
SELECT user_id || ':' || key AS key, user_id, request_hash::text AS request_hash, status::int AS status_code,
       created_at AS at
  FROM station_idempotencykey;

CREATE VIEW verify.alarm AS
SELECT id, obj::text AS obj, opened_at, closed_at FROM station_alarm;

-- PostgreSQL would let simple views be written through: here nothing can be.
CREATE FUNCTION verify.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'verify.% is read-only', TG_TABLE_NAME USING ERRCODE = 'read_only_sql_transaction';
END $$;

DO $$
DECLARE
    relation text;
BEGIN
    FOR relation IN SELECT viewname FROM pg_views WHERE schemaname = 'verify' LOOP
        EXECUTE format('CREATE TRIGGER read_only INSTEAD OF INSERT OR UPDATE OR DELETE ON verify.%I '
                       'FOR EACH ROW EXECUTE FUNCTION verify.refuse()', relation);
    END LOOP;
END $$;
