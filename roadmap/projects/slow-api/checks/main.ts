import { serve } from '../../../../src/runner/main.js';
import { isGenerator, runGenerator } from './load.js';
import { project } from './project.js';

// One bundle, two threads: the load generator runs this file again.
if (isGenerator()) void runGenerator();
else serve(project);
