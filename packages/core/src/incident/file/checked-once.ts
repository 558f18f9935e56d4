import { config } from 'zod';

// A configuration is checked once. Code made for each schema, which is faster from some hundred values on, costs more than it
// saves; a schema takes this up where it is made, so that this module stands before all that make some.
config({ jitless: true });
