using System.Buffers.Binary;

namespace MLNetPerson.Images;

/// <summary>Reads just enough of an ICC profile to tell whether RGB values need converting. Layout: ICC.1:2022, sections 7.2 and
/// 7.3.</summary>
internal static class ColourProfile
{
    private const int HeaderSize = 128;
    private const int ColourSpaceAt = 16;
    private const int TagSize = 12;
    private const int MostTags = 100;

    /// <summary>
    /// True for a profile of an RGB space that does not call itself sRGB. Without a profile, or with one that cannot be read,
    /// values are taken as sRGB; grey ones always.
    /// </summary>
    public static bool IsRgbOtherThanSrgb(ReadOnlySpan<byte> profile) =>
        profile.Length >= HeaderSize + 4 && profile.Slice(ColourSpaceAt, 4).SequenceEqual("RGB "u8) && !CallsItselfSrgb(profile);

    private static bool CallsItselfSrgb(ReadOnlySpan<byte> profile)
    {
        var tags = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(profile[HeaderSize..]), MostTags);
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
