namespace MLNetPerson.MLNet.Transforms;

/// <summary>[height, width, 3] bytes that need no more work.</summary>
internal sealed record ReadyPixels(byte[] Bytes);
