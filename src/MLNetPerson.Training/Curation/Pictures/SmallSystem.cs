namespace MLNetPerson.Training.Curation.Pictures;

/// <summary>Solves small symmetric systems of equations in place.</summary>
internal static class SmallSystem
{
    /// <param name="matrix">Symmetric; the upper triangle is read, all of it is used up.</param>
    /// <param name="right">The right side; becomes the solution.</param>
    /// <returns>False where the matrix is singular, or nearly so.</returns>
    public static bool Solve(double[,] matrix, double[] right)
    {
        var size = right.Length;
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var sum = matrix[j, i];
                for (var k = 0; k < j; k++)
                {
                    sum -= matrix[i, k] * matrix[j, k];
                }

                matrix[i, j] = sum / matrix[j, j];
            }

            var diagonal = matrix[i, i] * (1 + 1e-9);
            for (var k = 0; k < i; k++)
            {
                diagonal -= matrix[i, k] * matrix[i, k];
            }

            if (diagonal <= 1e-12)
            {
                return false;
            }

            matrix[i, i] = Math.Sqrt(diagonal);
        }

        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < i; k++)
            {
                right[i] -= matrix[i, k] * right[k];
            }

            right[i] /= matrix[i, i];
        }

        for (var i = size - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < size; k++)
            {
                right[i] -= matrix[k, i] * right[k];
            }

            right[i] /= matrix[i, i];
        }

        return true;
    }
}
