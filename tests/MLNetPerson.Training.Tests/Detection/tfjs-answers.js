// What TensorFlow.js itself answers for the published detector: another reader of the same graph.
//   NODE_PATH=<folder>/node_modules node tfjs-answers.js MODEL_FOLDER SIDE OUT.json PICTURE.rgb...
// Each picture is SIDE x SIDE x 3 bytes. At 300 the whole graph runs, preprocessing and decoding included, and the answers are boxes
// (ymin, xmin, ymax, xmax) and person scores; at other sizes, which the graph's own decoding does not know, encodings and person logits.
const fs = require('fs');
const path = require('path');
const tf = require('@tensorflow/tfjs');

async function main() {
  const [folder, sideText, out, ...pictures] = process.argv.slice(2);
  const side = Number(sideText);
  await tf.setBackend('cpu');
  try {
    require('@tensorflow/tfjs-backend-wasm');
    await tf.setBackend('wasm');
  } catch (error) {
    // the plain backend gives the same answers, slower
  }
  await tf.ready();
  const model = JSON.parse(fs.readFileSync(path.join(folder, 'model.json')));
  const group = model.weightsManifest[0];
  const bytes = Buffer.concat(group.paths.map(name => fs.readFileSync(path.join(folder, name))));
  const graph = await tf.loadGraphModel(
    tf.io.fromMemory({
      modelTopology: model.modelTopology,
      weightSpecs: group.weights,
      weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    }),
  );
  const answers = [];
  for (const picture of pictures) {
    const pixels = new Uint8Array(fs.readFileSync(picture));
    const image = tf.tensor(Int32Array.from(pixels), [1, side, side, 3], 'int32');
    if (side === 300) {
      const [scores, boxes] = await graph.executeAsync({ image_tensor: image }, ['Postprocessor/Slice', 'Postprocessor/ExpandDims_1']);
      const person = tf.slice(scores, [0, 0, 0], [1, -1, 1]); // the background's column is gone already
      answers.push({ scores: [...person.dataSync()], boxes: [...boxes.dataSync()] });
    } else {
      const input = tf.sub(tf.mul(tf.cast(image, 'float32'), 2 / 255), 1);
      const names = [];
      for (let level = 0; level < 6; level++) {
        names.push(`BoxPredictor_${level}/BoxEncodingPredictor/BiasAdd`, `BoxPredictor_${level}/ClassPredictor/BiasAdd`);
      }
      const maps = await graph.executeAsync({ 'Preprocessor/sub': input }, names);
      const answer = { scores: [], boxes: [] };
      for (let level = 0; level < 6; level++) {
        answer.boxes.push(...maps[2 * level].dataSync());
        answer.scores.push(...maps[2 * level + 1].dataSync().filter((_, i) => i % 91 === 1));
      }
      answers.push(answer);
    }
  }
  fs.writeFileSync(out, JSON.stringify({ backend: tf.getBackend(), version: tf.version.tfjs, answers }));
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
