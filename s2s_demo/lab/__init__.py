"""The laboratory: measurements on engines and on trainings, as plain functions; no component of the page is named here."""
