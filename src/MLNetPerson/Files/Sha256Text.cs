using System.Security.Cryptography;

namespace MLNetPerson.Files;

/// <summary>SHA-256 as 64 lower-case hexadecimal digits, the only form in which this project writes hashes.</summary>
public static class Sha256Text
{
    /// <summary>Hash of bytes in memory.</summary>
    public static string OfBytes(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Hash of a file, read once from start to end; or of a file in a tar archive, named by where its bytes lie
    /// (<c>train.tar#1536+48211</c>).</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string OfFile(string path)
    {
        if (FilePart.TryParse(path, out var archive, out var offset, out var length))
        {
            return OfBytes(FilePart.Read(path, archive, offset, length));
        }

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
