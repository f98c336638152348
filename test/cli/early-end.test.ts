/** Runs on Chopsticks that come to an early end. */
import { endsEarly } from './early-end.js';

endsEarly({ target: 'chopsticks', log: 'chopsticks.log', built: /new head #/ });
