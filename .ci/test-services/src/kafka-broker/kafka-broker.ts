import type { CertificateWithKey } from '../private-authority.js';

/** What a client needs for the listener with security. */
export interface KafkaBrokerSecurity {
  /** The certificate of the private authority as PEM; null without TLS. */
  readonly ca: string | null;
  /** A certificate that the broker takes, of the user `CN=client`; null without TLS. */
  readonly clientCertificate: CertificateWithKey | null;
}

/** A broker that this process has started. It ends with this process at the latest. */
export interface KafkaBroker {
  /** `127.0.0.1:PORT`: of the listener with security where there is one. */
  readonly bootstrap: string;
  /** `127.0.0.1:PORT` of the listener without security, over which everything is allowed. */
  readonly admin: string;
  readonly version: string;
  /** The process of the broker at present; null while it is not running. */
  readonly pid: number | null;
  /** Holds `data`, `server.properties` and `server.log`. */
  readonly folder: string;
  /** Null where no security was asked for. */
  readonly security: KafkaBrokerSecurity | null;
  /** Always true: it may be stopped, killed and filled. */
  readonly owned: true;
  /** Ends it by SIGKILL, as a crash would, and waits for its end. Its data stays for `restart`. */
  kill(): Promise<void>;
  /**
   * Shuts it down in order, where it is running, and starts it again with the same ports and the same data.
   * @throws Error when it is not ready in time or has been stopped.
   */
  restart(): Promise<void>;
  /** Stops its clock (SIGSTOP): connections stay open and nothing is answered. */
  pause(): void;
  /** Lets it go on (SIGCONT). */
  resume(): void;
  /** Settles when the present process of the broker has ended, by whatever; at once where none is running. */
  ended(): Promise<void>;
  /** Ends it and removes its data, unless that is in a folder of the caller. A second call does nothing more. */
  stop(): Promise<void>;
}
