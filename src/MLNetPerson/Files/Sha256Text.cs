using System.Security.Cryptography;

namespace MLNetPerson.Files;

/// <summary>SHA-256 as 64 lower-case hexadecimal digits, the only form in which this project writes hashes.</summary>
public static class Sha256Text
{
    /// <summary>Hash of bytes in memory.</summary>
    public static string OfBytes(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Hash of a file, read once from start to end.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string OfFile(string path)
    {
        using var stream = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read,
            bufferSize: 1 << 16,
            FileOptions.SequentialScan
        );
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
