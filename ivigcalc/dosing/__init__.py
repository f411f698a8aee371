"""The calculator, pure: a patient, a regimen and choices -> grams on days."""
