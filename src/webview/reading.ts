import type { Host } from './host.js';

/** Tells the host, once, that the person has scrolled through a quarter of a note that is not started. */
export function watchReading(host: Host): void {
  const look = (): void => {
    const range = document.documentElement.scrollHeight - window.innerHeight;
    if (document.body.dataset['state'] !== 'notStarted' || range <= 0 || window.scrollY < range / 4) return;
    document.removeEventListener('scroll', look);
    host.post({ type: 'quarterRead' });
  };
  document.addEventListener('scroll', look, { passive: true });
}
