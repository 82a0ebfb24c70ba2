import { HAS_CEILING, PRESENT } from "./stored-state.js";

/**
 * Joins a state to the one that is stored, in one step. Keys: the agent. Arguments: milliseconds to keep it, how many members
 * follow that only grow, and whether there is a ceiling; then those members, then the ceiling's.
 */
export const JOIN_SCRIPT = `
local key, ttl, growing, bounded = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
redis.call('SADD', key, '${PRESENT}')
for i = 4, 3 + growing do redis.call('SADD', key, ARGV[i]) end
if bounded then
  local ceiling = {}
  for i = 4 + growing, #ARGV do ceiling[ARGV[i]] = true end
  if redis.call('SISMEMBER', key, '${HAS_CEILING}') == 1 then
    for _, member in ipairs(redis.call('SMEMBERS', key)) do
      if string.sub(member, 1, 1) == 'c' and not ceiling[member] then redis.call('SREM', key, member) end
    end
  else
    redis.call('SADD', key, '${HAS_CEILING}')
    for member in pairs(ceiling) do redis.call('SADD', key, member) end
  end
end
redis.call('PEXPIRE', key, ttl)
return redis.call('SMEMBERS', key)
`;
