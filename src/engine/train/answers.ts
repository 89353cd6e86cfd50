import { evaluateModel } from './evaluateModel.ts';
import { latentTrajectory } from './latentCloud.ts';
import { matrix, probes } from './probes.ts';
import type { Answers, ProbeName, Question } from './protocol.ts';
import type { Answering } from './questions.ts';

/** Series of the mean matrix: its cost grows with the square of the length. */
const matrixSeries = 32;

/** Answers a question about the model as it is now, between submits of its training. The seed is the run's own. */
export function answerQuestion<Q extends Question>(trainer: Answering, question: Q): Promise<Answers[Q]> {
  return trainer.ask(async (tools) => {
    const { config, evaluator, data, between } = tools;
    const { seed } = config.train;
    const answer = async (): Promise<Answers[Question]> => {
      switch (question) {
        case 'matrix':
          return matrix(tools, { series: matrixSeries, quadrature: config.evaluate.quadrature });
        case 'trajectory':
          return latentTrajectory(tools);
        case 'scores':
          return (await evaluateModel(evaluator, config, data, { between, matrix: false })).report;
        case 'costlyScores': {
          const costly = { ...config, evaluate: { ...config.evaluate, costly: true } };
          return (await evaluateModel(evaluator, costly, data, { between, matrix: false })).report;
        }
        default:
          return probes[question as ProbeName](tools, { seed });
      }
    };
    return (await answer()) as Answers[Q];
  });
}
