// Plays one sound at a time.

import type { AudioFormat } from '../types.js';

export class Player {
  #context: AudioContext | undefined;
  #source: AudioBufferSourceNode | undefined;
  #button: HTMLButtonElement | undefined;

  /** Plays samples, or stops if they are playing; the button says which it would do. */
  toggle(
    button: HTMLButtonElement,
    samples: Int32Array,
    { sampleRate, channels, bitsPerSample }: AudioFormat,
    onFailure: (message: string) => void,
  ): void {
    const wasPlaying = this.#button === button;
    this.stop();
    if (wasPlaying || samples.length === 0) return;
    try {
      this.#context ??= new AudioContext();
      const frames = Math.floor(samples.length / channels);
      const buffer = this.#context.createBuffer(channels, frames, sampleRate);
      for (let c = 0; c < channels; c++) {
        const channel = buffer.getChannelData(c);
        for (let i = 0; i < frames; i++)
          channel[i] = samples[i * channels + c]! / 2 ** (bitsPerSample - 1);
      }
      const source = this.#context.createBufferSource();
      source.buffer = buffer;
      source.connect(this.#context.destination);
      source.onended = () => {
        if (this.#source === source) this.stop();
      };
      source.start();
      this.#source = source;
      this.#button = button;
      button.textContent = 'stop';
    } catch {
      onFailure('this browser cannot play it');
    }
  }

  stop(): void {
    const source = this.#source;
    this.#source = undefined;
    source?.stop();
    if (this.#button) this.#button.textContent = 'play';
    this.#button = undefined;
  }
}
