"""Every trained model beside the others: quality, size, time, memory."""
