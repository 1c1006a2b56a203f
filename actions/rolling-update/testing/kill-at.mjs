// Kills this very process at an entry of a rollout's journal: KILL_AT=3:before or 3:after its writing. KILL_AT=0 kills nobody; it prints
// each entry instead.
const [entry, when] = (process.env.KILL_AT ?? '').split(':');
let written = 0;

function die(moment) {
  if (written === Number(entry) && moment === when) process.kill(process.pid, 'SIGKILL');
}

export function around(provider) {
  return { ...provider, rollouts: { target: (endpoint) => counting(provider.rollouts.target(endpoint)) } };
}

function counting(target) {
  return {
    ...target,
    writeJournal: async (...given) => {
      written += 1;
      die('before');
      const answer = await target.writeJournal(...given);
      die('after');
      if (entry === '0') console.error(`entry ${written}: ${given[0].phase}`);
      return answer;
    },
  };
}
