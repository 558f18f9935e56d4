export type StrategyName = 'log-replay' | 'checkpoint' | 'estimation';
