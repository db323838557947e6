using System.Collections.Immutable;
using MLNetPerson.Inference;
using MLNetPerson.Packaging;

namespace MLNetPerson.Prediction;

/// <summary>Which of a package's models is best on a processor, and why.</summary>
/// <param name="Encoding">The choice.</param>
/// <param name="Reason">For a reader.</param>
public sealed record EncodingChoice(PackageEncoding Encoding, string Reason)
{
    /// <summary>Chooses: integers where the processor adds them up exactly, 7-bit integers where it does not, else float.</summary>
    public static EncodingChoice Of(PackageManifest manifest, CpuFeatures cpu) => Of(manifest.Encodings, cpu);

    /// <summary>Chooses among encodings, of a package that is yet to be made say.</summary>
    /// <param name="encodings">At least one; the first is taken where no integers are.</param>
    /// <param name="cpu">What will run it.</param>
    public static EncodingChoice Of(ImmutableArray<PackageEncoding> encodings, CpuFeatures cpu)
    {
        PackageEncoding? Find(string name) => encodings.FirstOrDefault(encoding => encoding.Name == name);
        var (exact, portable) = (Find(PackageEncoding.Int8), Find(PackageEncoding.Int8Portable));
        if (cpu.MultipliesBytesExactly && exact is not null)
        {
            return new EncodingChoice(
                exact,
                cpu.Architecture == "arm64"
                    ? "this ARM processor adds up 8-bit products exactly"
                    : "this processor adds up 8-bit products exactly (VNNI)"
            );
        }

        if (portable is not null)
        {
            return new EncodingChoice(
                portable,
                cpu.MultipliesBytesExactly
                    ? "the package has no int8 encoding of 8-bit weights"
                    : "this processor has no VNNI: sums of 8-bit products would overflow, 7-bit weights do not"
            );
        }

        var first = encodings[0];
        return new EncodingChoice(
            first,
            exact is null
                ? $"the package has no integer encoding{(encodings.Length == 1 ? "" : ", and the others are no faster")}"
                : "this processor has no VNNI, and sums of 8-bit products would overflow; add int8-portable with 'quantize'"
        );
    }
}
