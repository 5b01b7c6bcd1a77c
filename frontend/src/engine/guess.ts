// How many guesses a password withstands, for the engine on the server; never sent to browsers.
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";

const factory = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

declare const globalThis: { guesses?: (password: string, known: string[]) => number };
globalThis.guesses = (password, known) => factory.check(password, known).guesses;
