using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using MLNetPerson.Images;
using MLNetPerson.Serving;

namespace MLNetPerson.WebSample;

/// <summary>Turns what can go wrong with a picture into a problem (RFC 9457) with the right status code.</summary>
internal sealed class PictureProblems(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellation)
    {
        var (status, title, detail) = exception switch
        {
            // The server's own limits: too large, too slow, cut off. They reach the reader as an error of its stream.
            ImageException { InnerException: BadHttpRequestException bad } => (
                bad.StatusCode,
                "The request's body was refused.",
                bad.Message
            ),
            BadHttpRequestException bad => (bad.StatusCode, "The request was refused.", bad.Message),
            ImageException { Fault: ImageFault.TooManyBytes or ImageFault.TooManyPixels or ImageFault.TooManyFrames } large => (
                StatusCodes.Status413PayloadTooLarge,
                "The picture is too large.",
                large.Reason
            ),
            ImageException image => (StatusCodes.Status422UnprocessableEntity, "The picture cannot be read.", image.Reason),
            PersonBusyException busy => (StatusCodes.Status503ServiceUnavailable, "Too many pictures at once.", busy.Message),
            _ => (0, "", ""),
        };
        if (status == 0)
        {
            return false;
        }

        context.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        return await problems.TryWriteAsync(
            new ProblemDetailsContext
            {
                HttpContext = context,
                Exception = exception,
                ProblemDetails = new ProblemDetails
                {
                    Status = status,
                    Title = title,
                    Detail = detail,
                },
            }
        );
    }
}
