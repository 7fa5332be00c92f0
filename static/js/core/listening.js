/** @return addEventListener for anything, whose listeners all end with the signal */
export const listeningUntil = (signal) => (target, type, listener, options = {}) => target.addEventListener(type, listener, { ...options, signal });
