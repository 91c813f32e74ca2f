-- T1: The business date of a till is the day in Viet Nam on which its shift began.
-- A till opened after midnight, before noon, may belong to the night shift of the day before.
SELECT id, business_date, opened_at
  FROM verify.shift
 WHERE business_date <> (opened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
   AND NOT (business_date = (opened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date - 1
            AND (opened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::time < '12:00');

-- T2: No till is open for more than 16 hours.
SELECT id, clerk_id, opened_at, closed_at
  FROM verify.shift
 WHERE coalesce(closed_at, %(now)s) > opened_at + interval '16 h';

-- L61: No sale is made before its seats were kept.
SELECT id, held_at, sold_at
  FROM ticketing_sale
 WHERE held_at > sold_at;
