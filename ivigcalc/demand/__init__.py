"""What a hospital needs: a schedule of many patients, row by row -> grams, vials, chair time, waste and cost, exact."""
