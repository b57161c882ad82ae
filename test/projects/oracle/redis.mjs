// Real Redis in the place of a learner's server: the environment of a check becomes redis-server's options.
import { spawn } from 'node:child_process';

const { HOST, PORT, DATA_DIR, APPENDONLY, MAXMEMORY, MAXMEMORY_POLICY, REPLICAOF, MAXCLIENTS } = process.env;
const options = ['--bind', HOST, '--port', PORT, '--dir', DATA_DIR, '--save', '', '--repl-diskless-sync-delay', '0', '--enable-debug-command', 'local'];
if (APPENDONLY === 'yes') options.push('--appendonly', 'yes', '--appendfsync', 'always');
if (MAXMEMORY) options.push('--maxmemory', MAXMEMORY);
if (MAXMEMORY_POLICY) options.push('--maxmemory-policy', MAXMEMORY_POLICY);
if (REPLICAOF) options.push('--replicaof', REPLICAOF);
if (MAXCLIENTS) options.push('--maxclients', MAXCLIENTS);

const redis = spawn('redis-server', options, { stdio: ['ignore', 'inherit', 'inherit'] });
redis.on('exit', (code, signal) => process.exit(signal === null ? code : 1));
process.on('SIGTERM', () => { /* the whole group gets it, Redis too */ });
process.stdin.on('end', () => redis.kill('SIGTERM')).resume();
