"""A trained model to take away: zip, model card, the Hub."""
