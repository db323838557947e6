namespace MLNetPerson.Training.Heads;

/// <summary>Finds slope and offset on logits of samples that the head was not fitted on.</summary>
public static class Calibrator
{
    private const int MostSteps = 100;
    private const double SmallestSlope = 1e-6;
    private const double Converged = 1e-10;

    /// <summary>Fits a calibration by maximum likelihood.</summary>
    /// <remarks>
    /// Platt's smoothed targets keep a perfectly separated sample from asking for infinite slopes; Newton steps with
    /// backtracking after H.-T. Lin, C.-J. Lin and R. C. Weng, Machine Learning 68 (2007).
    /// </remarks>
    /// <exception cref="ArgumentException">The lengths differ or a class is missing.</exception>
    public static LogitCalibration Fit(CalibrationMethod method, ReadOnlySpan<double> logits, ReadOnlySpan<bool> labels)
    {
        var persons = labels.Count(true);
        if (logits.Length != labels.Length || persons == 0 || persons == labels.Length)
        {
            throw new ArgumentException("A calibration needs one logit per label and samples of both classes.", nameof(logits));
        }

        if (method == CalibrationMethod.None)
        {
            return LogitCalibration.None;
        }

        var high = (persons + 1.0) / (persons + 2.0);
        var low = 1.0 / (labels.Length - persons + 2.0);
        var targets = new double[labels.Length];
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = labels[i] ? high : low;
        }

        var (slope, offset) = Newton(logits, targets, withOffset: method == CalibrationMethod.Platt);
        return new LogitCalibration(method, slope, offset);
    }

    private static (double Slope, double Offset) Newton(ReadOnlySpan<double> logits, double[] targets, bool withOffset)
    {
        var (slope, offset) = (1.0, 0.0);
        var loss = Loss(logits, targets, slope, offset);
        for (var step = 0; step < MostSteps; step++)
        {
            double gradientSlope = 0,
                gradientOffset = 0,
                slopeSlope = 1e-12,
                slopeOffset = 0,
                offsetOffset = 1e-12;
            for (var i = 0; i < targets.Length; i++)
            {
                var probability = 1 / (1 + Math.Exp(-((slope * logits[i]) + offset)));
                var (error, curvature) = (probability - targets[i], probability * (1 - probability));
                gradientSlope += error * logits[i];
                gradientOffset += error;
                slopeSlope += curvature * logits[i] * logits[i];
                slopeOffset += curvature * logits[i];
                offsetOffset += curvature;
            }

            var determinant = (slopeSlope * offsetOffset) - (slopeOffset * slopeOffset);
            var (stepSlope, stepOffset) = withOffset
                ? (
                    ((offsetOffset * gradientSlope) - (slopeOffset * gradientOffset)) / determinant,
                    ((slopeSlope * gradientOffset) - (slopeOffset * gradientSlope)) / determinant
                )
                : (gradientSlope / slopeSlope, 0);
            var length = 1.0;
            for (; length > Converged; length /= 2)
            {
                var tried = (Slope: Math.Max(SmallestSlope, slope - (length * stepSlope)), Offset: offset - (length * stepOffset));
                var lossThere = Loss(logits, targets, tried.Slope, tried.Offset);
                if (lossThere < loss)
                {
                    var gained = loss - lossThere;
                    (slope, offset, loss) = (tried.Slope, tried.Offset, lossThere);
                    if (gained < Converged * targets.Length)
                    {
                        return (slope, offset);
                    }

                    break;
                }
            }

            if (length <= Converged)
            {
                break; // no step helps: this is the optimum
            }
        }

        return (slope, offset);
    }

    private static double Loss(ReadOnlySpan<double> logits, double[] targets, double slope, double offset)
    {
        var sum = 0.0;
        for (var i = 0; i < targets.Length; i++)
        {
            var logit = (slope * logits[i]) + offset;
            sum += Softplus.Of(logit) - (targets[i] * logit);
        }

        return sum;
    }
}
