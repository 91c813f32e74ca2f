"""For each invariant one way to break it, past all triggers, as a careless or dishonest administrator could."""

_FIRST_SALE = "(SELECT min(id) FROM fees_payment WHERE kind = 'sale')"
_JOURNAL = "INSERT INTO station_journalentry (chain, seq, at, action, obj, body, prev, hash) VALUES "
# A line of the bank that is explained by cash.
_BANK_LINE = (
    "INSERT INTO fees_bankaccount (station_id, bank, bank_name, number, holder, valid_from)"
    " SELECT min(id), '970415', 'V', '1000', 'X', '2020-01-01' FROM station_station;"
    "INSERT INTO fees_bankline (account_id, station_id, number, amount, text, payer, booked_at, source, received_at,"
    " received_by_id, state, problem, payment_id, settled_at, returned_as, returned_because)"
    " SELECT a.id, p.station_id, 'X', p.amount, '', '', p.at, 'bank', p.at, p.by_id, 'matched', '{}', p.id, p.at,"
    " '', ''"
    " FROM fees_bankaccount a, fees_payment p WHERE p.method = 'cash' AND p.kind = 'sale' LIMIT 1;"
)

VIOLATIONS: dict[str, str] = {
    "S1": "UPDATE ticketing_ticket SET seat = 1",
    "S2": "UPDATE ticketing_ticket SET seat = 99",
    "S3": "DELETE FROM station_seat WHERE ordinal > 1",
    "S4": "UPDATE station_departure SET state = 'cancelled' WHERE departed_at IS NULL",
    "S5": "UPDATE ticketing_hold SET expires_at = '2026-11-22 08:00+07'",
    "S6": _JOURNAL
    + "('x', 1, now(), 'ticket_boarded', (SELECT 'ticket:' || min(id) FROM ticketing_ticket), '{}', '', '');"
    "UPDATE ticketing_ticket SET state = 'refunded'",
    "S7": "UPDATE ticketing_ticket SET sale_id = 0",
    "M1": "UPDATE ticketing_sale SET total = total + 1",
    "M2": "UPDATE fees_payment SET amount = amount - 1 WHERE kind = 'sale'",
    "M3": f"UPDATE fees_payment SET refund_of_id = {_FIRST_SALE}, amount = -999999 WHERE kind = 'fee'",
    "M4": "UPDATE ticketing_ticket SET state = 'refunded'",
    "M5": "UPDATE ticketing_ticket SET state = 'void'",
    "M6": "UPDATE fees_tillclosing SET expected_cash = expected_cash + 1, difference = difference - 1",
    "M7": "UPDATE ticketing_sale SET sold_at = '2026-11-22 05:00+07'",
    "M8": "UPDATE station_till SET clerk_id = (SELECT min(clerk_id) FROM station_till)",
    "M9": "UPDATE fees_tillclosing SET number = 7",
    "M10": "UPDATE ticketing_ticket SET fare = 0",
    "M11": "UPDATE fees_payment SET amount = amount - 1 WHERE kind = 'fee'",
    "K1": "UPDATE ticketing_sale SET idempotency_key = 'x' || id",
    "K2": "ALTER TABLE station_idempotencykey DROP CONSTRAINT a_key_is_used_once;"
    "INSERT INTO station_idempotencykey (user_id, key, route, request_hash, created_at)"
    " VALUES (1, 'k', 'r', 'one', now()), (1, 'k', 'r', 'two', now())",
    "N1": "UPDATE einvoice_series SET last_number = last_number + 1",
    "N2": "UPDATE einvoice_invoice SET issued_at = '2026-11-21 10:00+07' WHERE number = 2",
    "N3": "UPDATE einvoice_series SET year = 2025",
    "N4": "DELETE FROM einvoice_invoice WHERE sale_id IS NOT NULL",
    "N5": "UPDATE einvoice_invoice SET gross = gross + 1, net = net + 1",
    "N6": "UPDATE einvoice_invoice SET kind = 'adjust'",
    "N7": "UPDATE einvoice_invoice SET issued_at = '2026-11-20 10:00+07', sent_at = NULL, state = 'issued'",
    "D1": "UPDATE dispatch_orderleg SET confirmed_at = confirmed_at + interval '1 h'",
    "D2": """UPDATE dispatch_dispatchorder SET contents = jsonb_set(contents, '{vehicle,plate}', '"99X99999"')""",
    "D3": "UPDATE dispatch_orderleg SET passengers = 99",
    "D4": "UPDATE dispatch_dispatchorder SET document_id = (SELECT min(xml_id) FROM einvoice_invoice)",
    "D5": "UPDATE station_departure SET planned_at = '2026-11-22 09:40+07';"
    "INSERT INTO dispatch_orderleg (order_id, direction, position, departure_id, state)"
    " SELECT min(order_id), 'out', 2, max(d.id), 'pending' FROM dispatch_orderleg, station_departure d",
    "D6": "UPDATE fees_charge SET state = 'due', payment_id = NULL",
    # The subjects of D7, A2 and O4 cannot be written yet: the view itself says something else.
    "D7": "CREATE OR REPLACE VIEW verify.dispatch AS SELECT id::bigint, 0::bigint AS trip_id, ''::text AS vehicle,"
    " 0::bigint AS driver_id, 'signed' AS status, now() AS signed_at, now() AS confirmed_at, 1::bigint AS replaces,"
    " 0 AS passengers, ''::text AS payload_sha, ''::text AS signed_sha FROM generate_series(1, 2) id",
    "B1": "ALTER TABLE station_baybooking DROP CONSTRAINT a_bay_holds_one_departure_at_a_time;"
    "UPDATE station_baybooking SET period = '[2026-11-22 09:00+07, 2026-11-22 10:00+07)', is_live = true",
    "B2": "ALTER TABLE station_baybooking DROP CONSTRAINT a_bay_holds_one_departure_at_a_time;"
    "UPDATE station_baybooking SET period = '[2026-11-22 09:00+07, 2026-11-22 10:00+07)', bay_id = id, is_live = true;"
    "UPDATE station_departure SET vehicle_id = (SELECT min(id) FROM station_vehicle)",
    "A1": "UPDATE station_journalentry SET body = '{}'",
    "A2": r"CREATE OR REPLACE VIEW verify.anchor AS SELECT 'till:0'::text AS chain, 1::bigint AS seq,"
    r" '\x00'::bytea AS h, now() AS at",
    "A3": "DELETE FROM station_journalentry WHERE action = 'shift_close'",
    "A4": "UPDATE station_journalentry SET at = at - interval '1 day' WHERE seq = 2",
    "A5": "UPDATE ticketing_sale SET sold_at = '2026-12-31 10:00+07'",
    "O1": "UPDATE dispatch_transmissionrecord SET due_at = due_at + interval '1 s'",
    "O2": "DELETE FROM station_alarm",
    "R1": "UPDATE dispatch_transmissionrecord SET payload = replace(payload, 'passengers', 'passenger')",
    "O3": "UPDATE station_outboxmessage SET state = 'pending', done_at = NULL",
    "O4": "CREATE OR REPLACE VIEW verify.effect AS SELECT ''::text AS dedupe_key, now() AS at WHERE false",
    "O5": "DELETE FROM ticketing_sale",
    "P1": "UPDATE ticketing_sale SET station_id = 0",
    "P2": "UPDATE station_membership SET valid_from = '2026-11-23', valid_until = NULL",
    "P3": "UPDATE ticketing_sale SET sold_by_id = 0",
    "T1": "UPDATE station_shift SET business_on = '2026-11-20'",
    "T2": "UPDATE station_till SET opened_at = '2026-11-20'",
    "L1": "UPDATE fees_posting SET amount = amount + 1 WHERE account = 'revenue'",
    "L2": "UPDATE fees_posting SET amount = amount + 1 WHERE account = 'drawer'",
    "L3": "UPDATE fees_posting SET amount = amount + 1 WHERE account = 'over_short'",
    "L4": "UPDATE fees_posting SET amount = amount - 1 WHERE account = 'held_for_operator'",
    "L5": "UPDATE fees_posting SET amount = amount - 1 WHERE account = 'owed_by_operator'",
    "L6": "DELETE FROM ticketing_seatclaim WHERE ticket_id IS NOT NULL",
    "L7": r"UPDATE station_storedfile SET content = '\x00'",
    "L8": "DELETE FROM station_journalentry WHERE action = 'shift_close'",
    "L10": "UPDATE ticketing_refund SET amount = amount - 1, retained = retained + 1 WHERE kind = 'refund'",
    "L11": "UPDATE ticketing_refund SET at = at + interval '2 min' WHERE kind = 'void'",
    "L12": "DELETE FROM ticketing_refund",
    "L13": "UPDATE ticketing_ticket SET seat_label = 'X'",
    "L14": "UPDATE ticketing_refund SET at = at + interval '1 s' WHERE kind = 'exchange'",
    "L50": "INSERT INTO fees_posting (entry_id, account, operator_id, amount) SELECT min(e.id), 'freight', min(o.id),"
    " -5 FROM fees_entry e, station_operator o",
    "L20": "INSERT INTO fees_posting (entry_id, account, amount) SELECT min(id), 'unexplained', -5 FROM fees_entry",
    "L21": _BANK_LINE,
    "L22": _BANK_LINE + "INSERT INTO fees_transferrequest (station_id, till_id, account_id, reference, note, payload,"
    " amount, state, payment_id, asked_by_id, asked_at, expires_at) SELECT station_id, till_id, account, 'BX1', '', '',"
    " amount + 1, 'paid', id, by_id, at, at FROM fees_payment, (SELECT max(id) AS account FROM fees_bankaccount) a"
    " WHERE kind = 'sale' LIMIT 1",
    "L60": "UPDATE ticketing_ticket SET price = price || '{\"surcharge\": 1000}'",
    "L61": "UPDATE ticketing_sale SET held_at = sold_at + interval '1 s'",
    "C1": "UPDATE fees_cashmove SET amount = amount + 1 WHERE kind = 'out'",
    "C2": "UPDATE fees_posting SET account = 'safe' WHERE account = 'transit' AND amount > 0",
    "C3": "UPDATE fees_cashmove SET state = 'offered' WHERE state = 'declined'",
    "C4": "UPDATE fees_tillcorrection SET at = at - interval '1 h'",
    "L9": "UPDATE dispatch_signature SET before_sha256 = 'x' WHERE field = 'Station'",
}
