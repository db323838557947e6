namespace MLNetPerson.MLNet.Transforms;

/// <summary>Columns that live inside one of our steps only; the prefix keeps them away from anyone's own.</summary>
internal static class Temporary
{
    public const string Anchor = "MLNetPerson.Anchor";
    public const string Config = "MLNetPerson.Config";
    public const string Path = "MLNetPerson.Path";
    public const string Encoded = "MLNetPerson.Encoded";
    public const string Picture = "MLNetPerson.Picture";
    public const string Bytes = "MLNetPerson.Bytes";
    public const string Pixels = "MLNetPerson.Pixels";
    public const string Features = "MLNetPerson.Features";
    public const string Probability = "MLNetPerson.Probability";
    public const string PackageImage = "MLNetPerson.PackageImage";
}
