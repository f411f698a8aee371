"""Files of patients: rows in, rows out. Every row goes the way of `plan`, through ivigcalc.request.answer."""
