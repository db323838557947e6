namespace MLNetPerson.Testing;

/// <summary>Whether NuGet had ML.NET when this was built. Test projects that ask define MLNET.</summary>
public static class MLNetInBuild
{
    public const string Reason = "MLNetPerson.MLNet is left out of this build: NuGet could not restore ML.NET.";

#if MLNET
    public static bool IsThere => true;
#else
    public static bool IsThere => false;
#endif
}
