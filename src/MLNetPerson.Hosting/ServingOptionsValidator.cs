using Microsoft.Extensions.Options;
using MLNetPerson.Serving;

namespace MLNetPerson.Hosting;

/// <summary>Tells all faults of the options in one message.</summary>
internal sealed class ServingOptionsValidator : IValidateOptions<ServingOptions>
{
    public ValidateOptionsResult Validate(string? name, ServingOptions options) =>
        options.Fault() is { } fault
            ? ValidateOptionsResult.Fail($"Options of the person classifier{(string.IsNullOrEmpty(name) ? "" : $" '{name}'")}: {fault}.")
            : ValidateOptionsResult.Success;
}
