using System.Collections.Immutable;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;

namespace MLNetPerson;

/// <summary>Which of a package's models is best on a processor, and why.</summary>
/// <param name="Encoding">The choice.</param>
/// <param name="Reason">For a reader.</param>
public sealed record EncodingChoice(PackageEncoding Encoding, string Reason)
{
    /// <summary>Chooses: integers where the processor adds them up exactly, 7-bit integers where it does not, else float. Integers that
    /// were measured to be slower than float on a processor of this architecture are not chosen.</summary>
    public static EncodingChoice Of(PackageManifest manifest, CpuFeatures cpu) => Of(manifest.Encodings, cpu);

    /// <summary>Chooses among encodings, of a package that is yet to be made say.</summary>
    /// <param name="encodings">At least one; the first is taken where no integers are.</param>
    /// <param name="cpu">What will run it.</param>
    public static EncodingChoice Of(ImmutableArray<PackageEncoding> encodings, CpuFeatures cpu)
    {
        PackageEncoding? Find(string name) => encodings.FirstOrDefault(encoding => encoding.Name == name);
        var (exact, portable) = (Find(PackageEncoding.Int8), Find(PackageEncoding.Int8Portable));
        List<string> slower = [];
        if (cpu.MultipliesBytesExactly && exact is not null && IsNotSlower(exact))
        {
            return Chosen(
                exact,
                cpu.Architecture == "arm64"
                    ? "this ARM processor adds up 8-bit products exactly"
                    : "this processor adds up 8-bit products exactly (VNNI)"
            );
        }

        if (portable is not null && IsNotSlower(portable))
        {
            return Chosen(
                portable,
                !cpu.MultipliesBytesExactly
                        ? "this processor has no VNNI: exact sums of 8-bit products are slow on it, those of 7-bit weights are not"
                    : exact is null ? "the package has no int8 encoding of 8-bit weights"
                    : "of the package's integer encodings only this one is as fast as float"
            );
        }

        var first = encodings[0];
        return slower.Count > 0
            ? new EncodingChoice(first, string.Join("; ", slower))
            : new EncodingChoice(
                first,
                exact is null
                    ? $"the package has no integer encoding{(encodings.Length == 1 ? "" : ", and the others are no faster")}"
                    : "this processor has no VNNI, and exact sums of 8-bit products are slow on it"
                        + (MeasuredSpeed.Of(exact) is { IsFasterThanFloat: false } slow ? $" ({slow})" : "")
                        + "; add int8-portable with 'quantize', which measures whether it is faster than float"
            );

        // Slow on another architecture says nothing for certain about this one: told, but no reason against it.
        bool IsNotSlower(PackageEncoding encoding)
        {
            var speed = MeasuredSpeed.Of(encoding);
            if (speed is null || speed.IsFasterThanFloat || speed.Architecture != cpu.Architecture)
            {
                return true;
            }

            slower.Add($"{encoding.Name} was measured to be slower, {speed}; measure again with 'quantize' on another machine");
            return false;
        }

        EncodingChoice Chosen(PackageEncoding encoding, string reason) =>
            new(
                encoding,
                MeasuredSpeed.Of(encoding) is { IsFasterThanFloat: false } speed
                    ? $"{reason}; but it was measured to be slower elsewhere, {speed}, so time it here with 'bench'"
                    : reason
            );
    }
}
