"""Long range: two problems of growing distance, and the trainings on them."""
