using System.Buffers.Binary;

namespace MLNetPerson.Images;

/// <summary>Reads just enough of an ICC profile to tell sRGB from all else. Layout: ICC.1:2022, sections 7.2 and 7.3.</summary>
internal static class ColourProfile
{
    private const int HeaderSize = 128;
    private const int TagSize = 12;

    /// <summary>False where there is no profile, or where it calls itself sRGB: pixels without a profile are taken as sRGB.</summary>
    public static bool IsOtherThanSrgb(ReadOnlySpan<byte> profile) => !profile.IsEmpty && !CallsItselfSrgb(profile);

    private static bool CallsItselfSrgb(ReadOnlySpan<byte> profile)
    {
        if (profile.Length < HeaderSize + 4)
        {
            return false;
        }

        var tags = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(profile[HeaderSize..]), 100);
        for (var tag = 0; tag < tags; tag++)
        {
            var at = HeaderSize + 4 + (tag * TagSize);
            if (at + TagSize > profile.Length)
            {
                return false;
            }

            if (profile.Slice(at, 4).SequenceEqual("desc"u8))
            {
                var start = BinaryPrimitives.ReadUInt32BigEndian(profile[(at + 4)..]);
                var length = BinaryPrimitives.ReadUInt32BigEndian(profile[(at + 8)..]);
                return start + (ulong)length <= (ulong)profile.Length && Names(profile.Slice((int)start, (int)length));
            }
        }

        return false;
    }

    // One byte a character in version 2, two in version 4.
    private static bool Names(ReadOnlySpan<byte> description) =>
        description.IndexOf("sRGB"u8) >= 0 || description.IndexOf("s\0R\0G\0B"u8) >= 0;
}
