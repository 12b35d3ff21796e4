"""What p-values are worth without a mark: upstream's detectors and Hallmark on null text."""
