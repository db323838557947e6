namespace MLNetPerson.Images;

/// <summary>The bitmap header's field biCompression.</summary>
internal enum BmpCompression : uint
{
    None = 0,
    RunLength8 = 1,
    RunLength4 = 2,
    BitFields = 3,
    AlphaBitFields = 6,
}
