namespace MLNetPerson.Training.Heads;

/// <summary>ln(1 + exp(x)) without overflow.</summary>
internal static class Softplus
{
    public static double Of(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
