/** The kinds of stage that sst.config.ts makes something different of, with an example of each. */
export const stageKinds: StageKind[] = [
  { kind: "production", stage: "production", dev: false, env: {} },
  { kind: "named", stage: "feature-x", dev: false, env: {} },
  { kind: "personal", stage: "someone", dev: true, env: {} },
  { kind: "production-given", stage: "production", dev: false, env: { ...givenDatabases(), ...givenVpc() } },
  { kind: "personal-given", stage: "someone", dev: true, env: givenDatabases() },
];

export interface StageKind {
  /** As its snapshot is named. */
  kind: string;
  stage: string;
  /** Whether it is what `sst dev` deploys. */
  dev: boolean;
  /** What the team gives instead of having it created. */
  env: Record<string, string>;
}

function givenDatabases(): Record<string, string> {
  return {
    DATABASE_URL_PE: "mysql://app:p%40ss@db.example.pe:3306/citas",
    DATABASE_URL_CL: "mysql://app:secret@db.example.cl:3306/citas",
  };
}

function givenVpc(): Record<string, string> {
  return {
    LAMBDA_SECURITY_GROUP_ID: "sg-0123456789abcdef0",
    SUBNET_ID_1: "subnet-0123456789abcdef0",
    SUBNET_ID_2: "subnet-0123456789abcdef1",
  };
}
