// Runs one model of a package on raw pictures and prints a probability a line: all that a runtime has to do, in any language.
// node answers.js MODEL INPUT_TENSOR OUTPUT_TENSOR HEIGHT WIDTH PICTURES
//   PICTURES: pictures one behind the other, each HEIGHT * WIDTH * 3 bytes, rows from the top, RGB, 0 to 255, not normalised.
const fs = require('fs');
process.env.ORT_DISABLE_TELEMETRY = '1';
const ort = require('onnxruntime-node');

const [model, input, output, height, width, pictures] = process.argv.slice(2);
const size = height * width * 3;

(async () => {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1 });
  const bytes = fs.readFileSync(pictures);
  for (let at = 0; at + size <= bytes.length; at += size) {
    const image = new ort.Tensor('uint8', new Uint8Array(bytes.subarray(at, at + size)), [1, Number(height), Number(width), 3]);
    const answer = await session.run({ [input]: image });
    console.log(answer[output].data[0]);
  }
})();
