import { serve } from '../../../../src/runner/main.js';
import { project } from './project.js';

serve(project);
