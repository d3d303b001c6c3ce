// What a language model needs of an ONNX runtime. onnxruntime-node and onnxruntime-web both fit, and
// whoever opens a model passes one in, so that the model itself runs in Node and in a browser.

/** Numbers of a shape; not to be written to once it has been given to a session. */
export interface Tensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ArrayLike<unknown>;
  readonly size: number;
}

/** An input or output of a graph; a string in a shape is an axis that the graph does not fix. */
export interface TensorInfo {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  readonly shape?: readonly (number | string)[];
}

/** A loaded graph. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata: readonly TensorInfo[];
  readonly outputMetadata: readonly TensorInfo[];
  /** @param outputs names of those wanted. */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
  ): Promise<Readonly<Record<string, Tensor>>>;
}

export interface Runtime {
  readonly Tensor: new (type: never, data: never, dims: readonly number[]) => Tensor;
}
