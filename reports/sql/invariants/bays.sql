-- B1: A bay is kept for one departure at a time.
SELECT a.id, b.id AS other, a.bay_id
  FROM verify.bay_use a
  JOIN verify.bay_use b ON a.bay_id = b.bay_id AND a.id < b.id AND a.period && b.period;

-- B2: A vehicle has one bay at a time.
SELECT a.id, b.id AS other, a.vehicle
  FROM verify.bay_use a
  JOIN verify.bay_use b ON a.vehicle = b.vehicle AND a.id < b.id AND a.bay_id <> b.bay_id AND a.period && b.period;
